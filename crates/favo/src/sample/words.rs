//! The words that names, companies and addresses are put together from. Not for what the tenant sells, see `goods`.
//!
//! Given names and surnames are common ones, combined by chance: nobody in particular is meant.

/// Given names.
#[rustfmt::skip]
pub(super) static GIVEN: &[&str] = &[
    "Adriana", "Adriano", "Afonso", "Agatha", "Alan", "Alberto", "Alessandra", "Alexandre", "Alice", "Aline",
    "Alisson", "Amanda", "Ana", "Anderson", "André", "Andréia", "Ângela", "Antônia", "Antônio", "Ariane", "Arthur",
    "Augusto", "Aurélio", "Bárbara", "Beatriz", "Benedita", "Benício", "Bernardo", "Bianca", "Breno", "Bruna",
    "Bruno", "Caio", "Camila", "Carina", "Carla", "Carlos", "Carolina", "Catarina", "Cauã", "Cecília", "Célia",
    "César", "Cíntia", "Clara", "Cláudia", "Cláudio", "Cleber", "Cristiane", "Cristiano", "Daiane", "Daniel",
    "Daniela", "Danilo", "Davi", "Débora", "Denis", "Denise", "Diego", "Diogo", "Douglas", "Edgar", "Edilson",
    "Edna", "Eduarda", "Eduardo", "Elaine", "Eliana", "Elias", "Elisa", "Eloísa", "Emanuel", "Emília", "Enzo",
    "Érica", "Estela", "Ester", "Eunice", "Evandro", "Everton", "Fábio", "Fabiana", "Fátima", "Felipe", "Fernanda",
    "Fernando", "Flávia", "Flávio", "Francisca", "Francisco", "Gabriel", "Gabriela", "Geraldo", "Gilberto",
    "Giovana", "Gisele", "Glória", "Guilherme", "Gustavo", "Heitor", "Helena", "Hélio", "Henrique", "Hugo",
    "Iago", "Ícaro", "Ingrid", "Iolanda", "Irene", "Isabel", "Isadora", "Isaque", "Ismael", "Ivan", "Ivone",
    "Jaime", "Janaína", "Jaqueline", "Jéssica", "Joana", "João", "Joaquim", "Jonas", "Jorge", "José", "Josefa",
    "Júlia", "Juliana", "Júlio", "Karen", "Karina", "Kátia", "Kauê", "Laís", "Lara", "Larissa", "Laura", "Lázaro",
    "Leandro", "Leila", "Leonardo", "Letícia", "Lia", "Lígia", "Lívia", "Lorena", "Lourdes", "Luan", "Luana",
    "Lucas", "Lúcia", "Luciana", "Luciano", "Luís", "Luísa", "Luzia", "Maiara", "Manoel", "Manuela", "Marcela",
    "Marcelo", "Márcia", "Márcio", "Marcos", "Margarida", "Maria", "Mariana", "Marina", "Mário", "Marisa",
    "Marlene", "Marta", "Mateus", "Maurício", "Mauro", "Melissa", "Michele", "Miguel", "Milena", "Mirela",
    "Mônica", "Murilo", "Nádia", "Natália", "Nathan", "Neusa", "Nicole", "Nilton", "Noemi", "Olívia", "Orlando",
    "Osvaldo", "Otávio", "Pablo", "Patrícia", "Paula", "Paulo", "Pedro", "Pietra", "Priscila", "Quitéria",
    "Rafael", "Rafaela", "Raimundo", "Raquel", "Raul", "Rebeca", "Regina", "Reinaldo", "Renan", "Renata", "Renato",
    "Ricardo", "Rita", "Roberta", "Roberto", "Robson", "Rodrigo", "Rogério", "Ronaldo", "Rosa", "Rosana", "Rubens",
    "Rute", "Sabrina", "Samara", "Samuel", "Sandra", "Sara", "Saulo", "Sebastião", "Sérgio", "Severino", "Sidnei",
    "Silvana", "Sílvia", "Simone", "Sofia", "Solange", "Sônia", "Stela", "Suelen", "Suzana", "Tainá", "Talita",
    "Tânia", "Tatiane", "Teresa", "Thaís", "Tiago", "Tomás", "Ubiratan", "Ulisses", "Valdir", "Valentina",
    "Valéria", "Valter", "Vanessa", "Vera", "Vicente", "Victor", "Vinícius", "Virgínia", "Vitória", "Viviane",
    "Wagner", "Wallace", "Wanda", "Wellington", "Wesley", "William", "Yara", "Yasmin", "Yuri", "Zélia", "Zilda",
];

/// Surnames.
#[rustfmt::skip]
pub(super) static SURNAMES: &[&str] = &[
    "Abreu", "Aguiar", "Albuquerque", "Alencar", "Almeida", "Alvarenga", "Alves", "Amaral", "Amorim", "Andrade",
    "Antunes", "Aragão", "Araújo", "Arruda", "Assis", "Assunção", "Azevedo", "Bandeira", "Barbosa", "Barreto",
    "Barros", "Bastos", "Batista", "Bezerra", "Bittencourt", "Borges", "Braga", "Brandão", "Brito", "Bueno",
    "Cabral", "Caldas", "Caldeira", "Calixto", "Camargo", "Campos", "Cardoso", "Carneiro", "Carvalho", "Castro",
    "Cavalcante", "Chagas", "Chaves", "Coelho", "Cordeiro", "Correia", "Costa", "Coutinho", "Couto", "Cruz",
    "Cunha", "Damasceno", "Dantas", "Dias", "Diniz", "Domingues", "Dornelas", "Duarte", "Dutra", "Espíndola",
    "Esteves", "Evangelista", "Falcão", "Faria", "Farias", "Fernandes", "Ferraz", "Ferreira", "Figueiredo",
    "Fonseca", "Fontes", "Fontoura", "Fraga", "França", "Franco", "Freire", "Freitas", "Furtado", "Galvão",
    "Garcia", "Gentil", "Godoi", "Gomes", "Gonçalves", "Gouveia", "Guedes", "Guerra", "Guimarães", "Gusmão",
    "Henriques", "Holanda", "Jardim", "Jesus", "Junqueira", "Lacerda", "Lago", "Leal", "Leão", "Leite", "Lemos",
    "Lima", "Linhares", "Lins", "Lisboa", "Lobato", "Lopes", "Loureiro", "Luz", "Macedo", "Machado", "Maciel",
    "Magalhães", "Maia", "Malta", "Mangueira", "Marinho", "Marques", "Martins", "Mascarenhas", "Matias", "Matos",
    "Medeiros", "Meireles", "Melo", "Mendes", "Mendonça", "Menezes", "Mesquita", "Miranda", "Monteiro", "Morais",
    "Moreira", "Mota", "Moura", "Muniz", "Nascimento", "Natal", "Navarro", "Neves", "Nobre", "Nogueira", "Noronha",
    "Novais", "Nunes", "Oliveira", "Pacheco", "Padilha", "Paiva", "Paixão", "Parreira", "Passos", "Paula",
    "Peçanha", "Pedrosa", "Peixoto", "Penha", "Pereira", "Pessoa", "Pimenta", "Pimentel", "Pinheiro", "Pinto",
    "Pires", "Pontes", "Porto", "Prado", "Prates", "Proença", "Queiroz", "Quintela", "Rabelo", "Ramalho", "Ramos",
    "Rangel", "Rebouças", "Rego", "Reis", "Rezende", "Ribeiro", "Rios", "Rocha", "Rodrigues", "Sá", "Saldanha",
    "Sales", "Sampaio", "Sanches", "Santana", "Santiago", "Santos", "Saraiva", "Seixas", "Serra", "Silva",
    "Silveira", "Simões", "Siqueira", "Soares", "Sobral", "Sousa", "Souza", "Tavares", "Taveira", "Teixeira",
    "Teles", "Torres", "Trindade", "Uchoa", "Valadares", "Vale", "Valença", "Vargas", "Vasconcelos", "Vaz",
    "Veiga", "Veloso", "Vidal", "Viana", "Vieira", "Vilela", "Xavier", "Ximenes", "Zanetti",
];

/// The lines of business a company may be in, and the trades of each.
#[rustfmt::skip]
pub(super) static TRADES: &[(&str, &[&str])] = &[
    ("Comércio", &["Autopeças", "Comercial", "Distribuidora", "Ferragens", "Livraria", "Magazine", "Móveis",
        "Ótica", "Papelaria", "Perfumaria", "Pet Shop", "Tecidos"]),
    ("Indústria", &["Cerâmica", "Confecções", "Embalagens", "Estamparia", "Fundição", "Indústria", "Metalúrgica",
        "Plásticos", "Química", "Tecelagem", "Usinagem"]),
    ("Serviços", &["Advocacia", "Consultoria", "Contabilidade", "Engenharia", "Eventos", "Gráfica", "Imobiliária",
        "Lavanderia", "Limpeza", "Publicidade", "Segurança"]),
    ("Tecnologia", &["Automação", "Dados", "Informática", "Redes", "Sistemas", "Softwares", "Telecom"]),
    ("Saúde", &["Clínica", "Farmácia", "Fisioterapia", "Laboratório", "Odontologia"]),
    ("Educação", &["Colégio", "Escola", "Idiomas", "Instituto"]),
    ("Construção", &["Construtora", "Elétrica", "Empreiteira", "Incorporadora", "Vidraçaria"]),
    ("Alimentação", &["Cafeteria", "Confeitaria", "Laticínios", "Mercado", "Padaria", "Pizzaria", "Restaurante",
        "Sorveteria"]),
    ("Agronegócio", &["Agropecuária", "Cooperativa", "Fazenda", "Fertilizantes", "Sementes"]),
    ("Logística", &["Armazéns", "Fretes", "Logística", "Mudanças", "Transportadora", "Transportes"]),
];

/// What companies are called after.
#[rustfmt::skip]
pub(super) static PROPER: &[&str] = &[
    "Açaí", "Acácia", "Águia", "Alameda", "Albatroz", "Alecrim", "Aliança", "Alpha", "Alvorada", "Amazonas",
    "Ametista", "Andorinha", "Angra", "Araçá", "Araponga", "Araucária", "Arco-Íris", "Areia Branca", "Aroeira",
    "Ártico", "Asa Norte", "Atalaia", "Atlântica", "Aurora", "Bandeirante", "Baobá", "Barra Nova", "Bela Vista",
    "Bem-te-vi", "Boa Safra", "Bom Preço", "Boreal", "Brasa", "Brisa", "Buriti", "Cacique", "Cajueiro", "Cambará",
    "Campo Belo", "Canário", "Canela", "Capivara", "Caravela", "Carioca", "Carnaúba", "Cascata", "Castelo",
    "Catavento", "Cedro", "Central", "Cerrado", "Chapada", "Colibri", "Colina", "Colonial", "Cometa", "Condor",
    "Continental", "Copaíba", "Coral", "Cristal", "Cruzeiro", "Delta", "Diamante", "Dois Irmãos", "Dunas", "Eco",
    "Encanto", "Esmeralda", "Esperança", "Espiral", "Estância", "Estrela", "Excelência", "Farol", "Fênix",
    "Figueira", "Flamboyant", "Fonte Nova", "Forte", "Galáxia", "Garça", "Girassol", "Globo Verde", "Guará",
    "Guarani", "Harmonia", "Hibisco", "Horizonte", "Ideal", "Iguaçu", "Imbuia", "Imperial", "Independência",
    "Ingá", "Ipanema", "Ipê", "Iracema", "Itaúna", "Jaborandi", "Jacarandá", "Jangada", "Jardim", "Jasmim",
    "Jatobá", "Jequitibá", "Juazeiro", "Juriti", "Lagoa Azul", "Laranjeira", "Libra", "Líder", "Litoral", "Lótus",
    "Lua Nova", "Luminar", "Macaúba", "Madrigal", "Mandacaru", "Mangue", "Maracanã", "Maré Alta", "Margarida",
    "Marina", "Mirante", "Monte Alto", "Monte Verde", "Morada", "Mosaico", "Nascente", "Navegantes", "Norte Sul",
    "Nova Era", "Novo Mundo", "Oásis", "Oceano", "Olaria", "Oliveira", "Ômega", "Ônix", "Orion", "Orquídea",
    "Orvalho", "Ouro Fino", "Palmeira", "Pampa", "Pantanal", "Paraíso", "Pau-Brasil", "Pedra Alta", "Pérola",
    "Petúnia", "Pinhal", "Pioneira", "Piracema", "Pitanga", "Planalto", "Plátano", "Ponto Certo", "Portal",
    "Primavera", "Prisma", "Progresso", "Quaresmeira", "Raiz", "Real", "Recanto", "Regional", "Rio Claro",
    "Riviera", "Rosa dos Ventos", "Rubi", "Sabiá", "Safira", "Salvaterra", "Samambaia", "Santa Luz", "São Bento",
    "Sapucaia", "Seringueira", "Serra Azul", "Sertão", "Sete Quedas", "Sol Nascente", "Solar", "Soma", "Sumaré",
    "Tamoio", "Terra Boa", "Topázio", "Tropical", "Tucano", "Tupi", "Turquesa", "União", "Universal", "Vale Verde",
    "Vanguarda", "Veleiro", "Vento Sul", "Vereda", "Via Láctea", "Videira", "Vila Rica", "Violeta", "Vitória Régia",
    "Voo Livre", "Xingu", "Zênite",
];

/// Endings of registered company names.
pub(super) static LEGAL_FORMS: &[&str] = &["Ltda.", "Ltda.", "Ltda.", "S.A.", "ME", "EPP"];

/// What people do where they work.
#[rustfmt::skip]
pub(super) static JOBS: &[&str] = &[
    "Analista de compras", "Analista de finanças", "Analista de sistemas", "Assistente de administração",
    "Assistente de compras", "Chefe de oficina", "Chefe de produção", "Coordenação de TI", "Direção comercial",
    "Direção financeira", "Direção geral", "Especialista em qualidade", "Gerente de administração",
    "Gerente de compras", "Gerente de loja", "Gerente de produção", "Gerente de TI", "Presidente", "Recepcionista",
    "Representante comercial",
];

/// Providers of the mailboxes of private persons.
pub(super) static MAILBOXES: &[&str] =
    &["caixa.example", "cartas.example", "correio.example", "mensagem.example", "postal.example"];

/// Kinds of street.
pub(super) static STREET_KINDS: &[&str] =
    &["Rua", "Rua", "Rua", "Rua", "Avenida", "Avenida", "Alameda", "Travessa"];

/// Names of streets, after their kind.
#[rustfmt::skip]
pub(super) static STREETS: &[&str] = &[
    "Amazonas", "Bahia", "Bela Vista", "Boa Esperança", "Ceará", "da Aurora", "da Bandeira", "da Conceição",
    "da Consolação", "da Fonte", "da Indústria", "da Independência", "da Liberdade", "da Matriz", "da Paz",
    "da República", "da Saudade", "da Universidade", "das Acácias", "das Azaleias", "das Camélias", "das Flores",
    "das Hortênsias", "das Laranjeiras", "das Nações", "das Palmeiras", "das Rosas", "do Comércio", "do Contorno",
    "do Imigrante", "do Lago", "do Mercado", "do Parque", "do Porto", "do Rosário", "do Sol", "dos Andradas",
    "dos Bandeirantes", "dos Estados", "dos Expedicionários", "dos Ipês", "dos Jacarandás", "dos Lírios",
    "dos Pinheiros", "Espírito Santo", "Goiás", "Maranhão", "Mato Grosso", "Minas Gerais", "Nove de Julho", "Pará",
    "Paraíba", "Paraná", "Pernambuco", "Piauí", "Primeiro de Maio", "Quinze de Novembro", "Rio Branco",
    "Rio de Janeiro", "Rio Grande do Sul", "Santa Catarina", "Santa Rita", "Santo Antônio", "São João", "São José",
    "São Paulo", "São Pedro", "Sergipe", "Sete de Setembro", "Treze de Maio", "Vinte e Um de Abril",
];

/// Districts that many cities have.
#[rustfmt::skip]
pub(super) static DISTRICTS: &[&str] = &[
    "Boa Vista", "Bom Retiro", "Centro", "Centro", "Cidade Nova", "Distrito Industrial", "Industrial",
    "Jardim América", "Jardim das Flores", "Jardim Europa", "Nova Esperança", "Parque das Nações", "Planalto",
    "Santa Cruz", "Santa Luzia", "Santo Antônio", "São Cristóvão", "São Francisco", "São José", "Universitário",
    "Vila Nova", "Vila Operária",
];
